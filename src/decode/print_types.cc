// Prints docs/types.md.
#include <iostream>

#include "decode/types_page.h"

int main() {
  std::cout << relay::render_types_page();
}
