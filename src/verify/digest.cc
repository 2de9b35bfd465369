#include "verify/digest.h"

// Everything in the header: nothing has to be there at run time.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace relay {

Digest make_digest(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

std::uint64_t hash_key(std::string_view key) {
  return XXH3_64bits(key.data(), key.size());
}

}  // namespace relay
