"""Just enough of MongoDB's wire protocol and of BSON to look at a collection without any driver.

The demo compares source and target with it, so it shares no code with the relay. Values come out in
the plain JSON form of docs/values.md; a type that is not known here is an error, never a guess.
"""
import base64
import datetime
import decimal
import socket
import struct
import uuid

OP_MSG = 2013
EPOCH = datetime.datetime(1970, 1, 1)


class Int64(int):
    """An integer that travels with 64 bits even when it would fit into 32."""


class Timestamp(tuple):
    """Seconds and the counter within the second; compares in the order of time."""


def encode(document):
    body = b"".join(encode_element(name, value) for name, value in document.items())
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def encode_element(name, value):
    key = name.encode() + b"\0"
    if isinstance(value, bool):
        return b"\x08" + key + bytes([value])
    if isinstance(value, int):
        if isinstance(value, Int64) or not -(2**31) <= value < 2**31:
            return b"\x12" + key + struct.pack("<q", value)
        return b"\x10" + key + struct.pack("<i", value)
    if isinstance(value, str):
        text = value.encode() + b"\0"
        return b"\x02" + key + struct.pack("<i", len(text)) + text
    if isinstance(value, dict):
        return b"\x03" + key + encode(value)
    if isinstance(value, list):
        return b"\x04" + key + encode({str(i): item for i, item in enumerate(value)})
    raise TypeError(f"{name}: cannot encode {type(value).__name__}")


def decode(data):
    """One document as a dict; arrays are lists, doubles and decimals as docs/values.md shows them."""
    return decode_from(data, 0)[0]


def decode_from(data, start):
    size = struct.unpack_from("<i", data, start)[0]
    end, at, document = start + size - 1, start + 4, {}
    while at < end:
        kind = data[at]
        name_end = data.index(b"\0", at)
        name = data[at + 1:name_end].decode()
        document[name], at = decode_value(kind, data, name_end + 1)
    return document, end + 1


def decode_value(kind, data, at):
    if kind == 0x01:
        return decimal_of(struct.unpack_from("<d", data, at)[0]), at + 8
    if kind == 0x02:
        size = struct.unpack_from("<i", data, at)[0]
        return data[at + 4:at + 3 + size].decode(), at + 4 + size
    if kind == 0x03:
        return decode_from(data, at)
    if kind == 0x04:
        document, end = decode_from(data, at)
        return list(document.values()), end
    if kind == 0x05:
        size, subtype = struct.unpack_from("<iB", data, at)
        return binary_of(subtype, data[at + 5:at + 5 + size]), at + 5 + size
    if kind == 0x07:
        return data[at:at + 12].hex(), at + 12
    if kind == 0x08:
        return data[at] == 1, at + 1
    if kind == 0x09:
        return date_text(struct.unpack_from("<q", data, at)[0]), at + 8
    if kind == 0x0A:
        return None, at
    if kind == 0x10:
        return struct.unpack_from("<i", data, at)[0], at + 4
    if kind == 0x11:
        increment, seconds = struct.unpack_from("<II", data, at)
        return Timestamp((seconds, increment)), at + 8
    if kind == 0x12:
        return Int64(struct.unpack_from("<q", data, at)[0]), at + 8
    if kind == 0x13:
        return {"$numberDecimal": decimal128_text(*struct.unpack_from("<QQ", data, at))}, at + 16
    raise ValueError(f"BSON type {kind} is not known here")


def binary_of(subtype, content):
    if subtype == 4 and len(content) == 16:
        return str(uuid.UUID(bytes=content))
    return {"$binary": {"base64": base64.b64encode(content).decode(), "subType": f"{subtype:02x}"}}


def decimal_of(number):
    """The shortest text that reads back to the same double, as a number without rounding."""
    result = decimal.Decimal(repr(number))
    if not result.is_finite() or (result.is_zero() and result.is_signed()):
        raise ValueError("special doubles are not known here")
    return result


def date_text(milliseconds):
    moment = EPOCH + datetime.timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds") + "Z"


def decimal128_text(low, high):
    if high >> 61 & 3 == 3:
        raise ValueError("special decimals are not known here")
    coefficient = (high & (1 << 49) - 1) << 64 | low
    digits = tuple(int(digit) for digit in str(coefficient))
    return str(decimal.Decimal((high >> 63, digits, (high >> 49 & 0x3FFF) - 6176)))


class Connection:
    """One connection to one mongod; commands come back as dicts."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)

    def command(self, database, document):
        body = struct.pack("<IB", 0, 0) + encode({**document, "$db": database})
        self.socket.sendall(struct.pack("<iiii", 16 + len(body), 1, 0, OP_MSG) + body)
        size = struct.unpack("<i", self.read(4))[0]
        reply = decode(self.read(size - 4)[12 + 5:])
        if reply.get("ok") != 1:
            raise RuntimeError(f"{next(iter(document))}: {reply.get('errmsg', reply)}")
        return reply

    def documents(self, database, collection):
        """All documents that a majority holds."""
        cursor = self.command(database, {"find": collection, "batchSize": 2000,
                                         "readConcern": {"level": "majority"}})["cursor"]
        yield from cursor["firstBatch"]
        while cursor["id"] != 0:
            cursor = self.command(database, {"getMore": Int64(cursor["id"]), "collection": collection,
                                             "batchSize": 2000})["cursor"]
            yield from cursor["nextBatch"]

    def majority_time(self):
        """Of the newest write that a majority holds."""
        return self.command("admin", {"hello": 1})["lastWrite"]["majorityOpTime"]["ts"]

    def read(self, size):
        data = bytearray()
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise ConnectionError("mongod closed the connection")
            data += part
        return bytes(data)
