#!/bin/sh
# Makes the installation in the folder $1 one that needs the C runtime alone: leaves debugging information out, puts the
# shared libraries that the program and the C library were linked with into lib/flashnas, where both look first, and says
# in README.md what the target machine must have.
set -eu
root=$1
program=$root/bin/flashnas
library=$(ls "$root"/lib/libflashnas.so.*.*.*)
strip "$program"
strip --strip-unneeded "$library"

# glibc itself belongs to the machine; all else goes along.
runtime='^(ld-linux.*|lib(c|m|dl|rt|pthread|util))\.so'
mkdir -p "$root/lib/flashnas" "$root/share/doc/flashnas/licences"
ldd "$program" "$library" | awk '$2 == "=>" && $3 ~ /^\// { print $1, $3 }' | LC_ALL=C sort -u | while read -r name file; do
  if echo "$name" | grep -qE "$runtime"; then continue; fi
  install -m 644 "$file" "$root/lib/flashnas/$name"
  # Debian's packages say who owns a file, and under which licence.
  package=$(dpkg -S "$(readlink -f "$file")" 2>/dev/null | head -n 1 | cut -d : -f 1 || :)
  if [ -n "$package" ] && [ -f "/usr/share/doc/$package/copyright" ]; then
    install -m 644 "/usr/share/doc/$package/copyright" "$root/share/doc/flashnas/licences/$package"
  fi
done

newest() { objdump -T "$@" 2>/dev/null | grep -o 'GLIBC_[0-9.]*' | LC_ALL=C sort -uV | tail -n 1 | cut -d _ -f 2; }
glibc=$(newest "$program" "$library" "$root"/lib/flashnas/*)
cat >"$root/README.md" <<END
# flashnas for $(uname -s) on $(uname -m)

Unpack it anywhere and run \`bin/flashnas search\`. It needs glibc $glibc or newer and nothing else.

- \`bin/flashnas\` is the program; \`share/man\` has its manual, \`share/bash-completion\`, \`share/zsh\` and \`share/fish\` its
  completions.
- \`lib/libflashnas.so\` and \`include/flashnas.h\` are the C library: \`PKG_CONFIG_PATH=lib/pkgconfig pkg-config --libs
  flashnas\`.
- \`share/flashnas\` holds spaces' data sets, hardware profiles and problems.
- \`lib/flashnas\` holds the libraries that both use (GSL, LAPACK, NLopt, …), \`share/doc/flashnas/licences\` their licences.
END
