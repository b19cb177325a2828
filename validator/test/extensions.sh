#!/bin/sh
# Patches that extend the house by rows: each is applied to a copy of the tree, which is built anew, tool and JIT.
#
#   sh validator/test/extensions.sh [NAME...]
#
# corpus/extensions/NAME.patch has a "Proves:" line: ids of obligations that must be there and be proved with the patch. Those of
# them that are new must not be there without it, or the patch shows nothing.
set -u

tool=${THUMBPROOF:-build/thumbproof}
passed=0 failed=0

judge() {
    patch=$1 work=$2
    problem=
    ids=$(sed -n '/^--- /q; s/^Proves: *//p' "$patch")
    [ -n "$ids" ] || { problem='has no "Proves:" line'; return; }
    "$tool" list >"$work.before" || { problem='cannot list'; return; }
    for id in $ids; do grep -qxF "$id" "$work.before" || new=yes; done
    [ -n "${new:-}" ] || { problem='adds no obligation'; return; }
    rm -rf "$work" && mkdir -p "$work"
    cp -R Makefile .ci symexec specs validator jit "$work"
    patch -s -f -p1 -d "$work" <"$patch" >"$work/log" 2>&1 || { problem='does not apply'; return; }
    (cd "$work" && DEPS=check MAKEFLAGS= make -s -j"$(nproc)" build/thumbproof build/m3-gcc-Os/jit.elf) >"$work/log" 2>&1 ||
        { problem="does not build: $(grep -m 1 error "$work/log")"; return; }
    set --
    for id in $ids; do set -- "$@" --opcode "$id"; done
    (cd "$work" && build/thumbproof validate-all --quiet "$@" --report report.json) >"$work/log" 2>&1 </dev/null ||
        problem="status $?, $(grep -A 3 '"reason"' "$work/report.json" | head -n 1)"
}

names=${*:-$(ls corpus/extensions | sed 's/\.patch$//')}
mkdir -p build/extensions
for name in $names; do
    new=
    judge "corpus/extensions/$name.patch" "build/extensions/$name"
    if [ -z "$problem" ]; then
        passed=$((passed + 1))
        echo "ok $name: proved $ids"
    else
        failed=$((failed + 1))
        echo "not ok $name: $problem"
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
