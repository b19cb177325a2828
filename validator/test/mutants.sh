#!/bin/sh
# Patches to the JIT, each built and judged as machine code.
#
#   sh validator/test/mutants.sh [all | sample | full | NAME...]
#
# corpus/README.md says what a patch file says. A mutant is wrong: every obligation of its "Refutes:" line must be refuted, with a
# counterexample that is confirmed. An equivalent is right: every obligation of its "Proves:" line must be proved, though the object is
# another one. "sample" is a quick selection; "full" decides all obligations for each patch, not only those that are named.
set -u
. corpus/headers.sh

tool=${THUMBPROOF:-build/thumbproof}
shipped=build/m3-gcc-Os/jit.elf
passed=0 failed=0 full=

# "ID VERDICT CONFIRMED" for each obligation of a report; CONFIRMED is "-" without a counterexample.
verdicts() {
    awk -F'"' '
        function flush() { if (verdict != "") print id, verdict, confirmed; verdict = "" }
        $2 == "id"        { flush(); id = $4 }
        $2 == "verdict"   { verdict = $4; confirmed = "-" }
        $2 == "confirmed" { confirmed = $4 }
        END { flush() }' "$1"
}

# Puts what is wrong into $problem and the worst confirmation into $how.
judge() {
    patch=$1 work=$2
    jit=$work/jit elf=$work/m3-gcc-Os/jit.elf report=$work/report.json
    case $patch in
        corpus/equivalents/*) key=Proves want=proved want_status=0 ;;
        *)                    key=Refutes want=refuted want_status=1 ;;
    esac
    ids=$(header $key "$patch")
    rm -rf "$work" && mkdir -p "$work" && cp -R jit "$work"
    problem=$(misfiled "$patch") how=

    [ -z "$problem" ] || return
    [ -n "$ids" ] || { problem="has no \"$key:\" line"; return; }
    patch -s -f -p1 -d "$work" <"$patch" >"$work/log" 2>&1 || { problem='does not apply'; return; }
    MAKEFLAGS= make -s BUILD="$work" JIT_SOURCE="$jit" "$elf" >"$work/log" 2>&1 || { problem='does not compile'; return; }
    cmp -s "$elf" "$shipped" && { problem='changes nothing in the object'; return; }

    set --
    [ -n "$full" ] || for id in $ids; do set -- "$@" --opcode "$id"; done
    $tool validate-all --quiet --jit "$elf" --report "$report" "$@" >"$work/log" 2>&1 </dev/null
    status=$?
    [ -f "$report" ] || { problem="the tool ended with status $status: $(head -n 1 "$work/log")"; return; }
    for id in $ids; do
        line=$(verdicts "$report" | grep "^$id ") || line="$id missing"
        verdict=$(echo "$line" | cut -d' ' -f2)
        confirmed=$(echo "$line" | cut -d' ' -f3-)
        if [ "$verdict" != "$want" ]; then
            problem="$problem $id is $verdict;"
        elif [ "$want" = refuted ]; then
            case $confirmed in
                'by divergence' | 'by rule') case ";$how;" in *";$confirmed;"*) ;; *) how="${how:+$how;}$confirmed" ;; esac ;;
                *) problem="$problem $id is refuted, not confirmed;" ;;
            esac
        fi
    done
    [ $status -eq $want_status ] || problem="$problem exit status $status"
}

run() {
    name=$(basename "$1" .patch)
    start=$(date +%s%N)
    judge "$1" "build/mutants/$name"
    tenths=$((($(date +%s%N) - start) / 100000000))
    if [ -z "$problem" ]; then
        passed=$((passed + 1)) mark='ok    ' text="$want${how:+ $how}"
    else
        failed=$((failed + 1)) mark='not ok' text=$problem
    fi
    printf '%s %-32s %3d.%d s  %s\n' "$mark" "$name" $((tenths / 10)) $((tenths % 10)) "$text"
}

case ${1:-all} in
    all)    names='*' ;;
    full)   names='*' full=1 ;;
    sample) names='add64-without-carry callee-saved-missing hard-immediate-rejected modimm-nine-bits mov64-high-word-first' ;;
    *)      names=$* ;;
esac

set -f
names_are_unique || exit 1
if [ "$names" = '*' ]; then
    set -- $(patches corpus/mutants corpus/regressions corpus/equivalents)
else
    set -- $(patches_named $names) && [ $# -gt 0 ] || exit 1
fi

for file; do
    case $file in
        corpus/regressions/*) [ -n "$(header 'Caught by' "$file")" ] || run "$file" ;; # else it is for validator_mutants.sh
        *)                    run "$file" ;;
    esac
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
