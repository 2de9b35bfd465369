// The rights that relay uses on MongoDB, and no others. Write your database for "shop", then as an administrator:
//
//   mongosh "mongodb://admin@db1.example.com/admin?tls=true" examples/roles/mongodb.js
//
// It asks for the password of the new user. The second privilege may be left out: it tells relay how far the oplog
// reaches back. When tables lie in several databases, write "" for "shop" in the first one.
const role = {
  "createRole": "relay_source",
  "privileges": [
    {"resource": {"db": "shop", "collection": ""}, "actions": ["find", "changeStream", "collStats"]},
    {"resource": {"db": "local", "collection": "oplog.rs"}, "actions": ["find", "collStats"]}
  ],
  "roles": []
};
const user = {
  "createUser": "relay",
  "roles": ["relay_source"]
};

const admin = db.getSiblingDB("admin");
admin.runCommand(role);
admin.runCommand({...user, pwd: passwordPrompt()});

// A user that logs in with a client certificate (MONGODB-X509) has no password, lives in $external, and is named as
// `openssl x509 -noout -subject -nameopt RFC2253 -in client.pem` prints the subject:
//
//   db.getSiblingDB("$external").runCommand(
//     {createUser: "CN=relay,OU=clients,O=example", roles: [{role: "relay_source", db: "admin"}]});
