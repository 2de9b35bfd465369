// Arrays that CrateDB answers with, in PostgreSQL's binary form, as the text in which they travel
// there: {1,NULL,"a b"}.
#pragma once

#include <string>
#include <string_view>

#include "mapping/column_type.h"

namespace relay {

// `type`: of the elements; numeric was printed. Times become milliseconds since 1970.
// False: no array of one dimension, or its elements are of another type; `out` may hold part of it.
bool print_binary_array(std::string_view array, TypeName type, std::string& out);

}  // namespace relay
