#!/bin/sh
# Patches to the JIT, each built and judged as machine code.
#
#   sh validator/test/mutants.sh [all | sample | full | NAME...]
#
# corpus/mutants/NAME.patch is wrong: every obligation of its "Refutes:" line must be refuted, with a counterexample that is confirmed.
# corpus/equivalents/NAME.patch is right: every obligation of its "Proves:" line must be proved, though the object is another one.
# "sample" is a quick selection; "full" decides all obligations for each patch, not only those that are named.
set -u

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
        corpus/mutants/*)     key=Refutes want=refuted want_status=1 ;;
        corpus/equivalents/*) key=Proves want=proved want_status=0 ;;
    esac
    ids=$(sed -n "/^--- /q; s/^$key: *//p" "$patch")
    rm -rf "$work" && mkdir -p "$work" && cp -R jit "$work"
    problem= how=

    [ -n "$ids" ] || { problem="has no \"$key:\" line"; return; }
    patch -s -f -p1 -d "$work" <"$patch" >"$work/log" 2>&1 || { problem='does not apply'; return; }
    ${MAKE:-make} -s BUILD="$work" JIT_SOURCE="$jit" "$elf" >"$work/log" 2>&1 || { problem='does not compile'; return; }
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
    all)    set -- corpus/mutants/*.patch corpus/equivalents/*.patch ;;
    full)   full=1; set -- corpus/mutants/*.patch corpus/equivalents/*.patch ;;
    sample) set -- corpus/mutants/add64-without-carry.patch corpus/mutants/callee-saved-missing.patch \
                corpus/mutants/hard-immediate-rejected.patch corpus/mutants/modimm-nine-bits.patch \
                corpus/equivalents/mov64-high-word-first.patch ;;
    *)      for name; do set -- "$@" $(ls corpus/*/"$name".patch); shift; done ;;
esac

for file; do
    run "$file"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
