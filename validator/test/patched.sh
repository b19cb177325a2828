# What the runners of patches to the JIT share: a patched object, how the tool is to judge it, and many of them at a time. It is sourced,
# after corpus/headers.sh.

shipped=build/m3-gcc-Os/jit.elf
manifest=specs/thumbproof-jit.json

# The machine code of an object, without debug information: code ELF OUT
code() {
    arm-none-eabi-objcopy -O binary "$1" "$2"
}

# Objects of the JIT as it is, so that make compiles only what a patch changes. They are linked anew in any case.
unchanged_objects() {
    mkdir "$1/m3-gcc-Os" && cp -p "${shipped%/*}"/*.o "$1/m3-gcc-Os" &&
        sed "s,build/m3-,$1/m3-,; s, jit/, $1/jit/,g; s,^jit/,$1/jit/," "${shipped%/*}"/*.d >"$1/m3-gcc-Os/unchanged.d"
}

# Builds the JIT with a patch in a folder of its own: build_patched PATCH FOLDER. What is wrong goes into $problem; the options with
# which the tool judges it go into $options.
build_patched() {
    elf=$2/m3-gcc-Os/jit.elf options="--jobs 1 --jit $2/m3-gcc-Os/jit.elf"
    problem=$(misfiled "$1")
    [ -z "$problem" ] || return
    rm -rf "$2" && mkdir -p "$2" && cp -Rp jit specs "$2" && unchanged_objects "$2" || {
        problem="$2 cannot be written"
        return
    }
    patch -s -f -p1 -d "$2" <"$1" >"$2/log" 2>&1 || { problem="does not apply: $(head -n 1 "$2/log")"; return; }
    MAKEFLAGS= make -s BUILD="$2" JIT_SOURCE="$2/jit" "$elf" >"$2/log" 2>&1 || {
        problem="does not build: $(grep -m 1 -i 'error\|undefined reference' "$2/log" | sed "s,$2/,,g")"
        return
    }
    if ! cmp -s "$2/$manifest" $manifest; then
        options="$options --manifest $2/$manifest"
    elif code $shipped "$2/shipped.bin" && code "$elf" "$2/jit.bin" && cmp -s "$2/shipped.bin" "$2/jit.bin"; then
        problem='changes neither the machine code nor the manifest'
    fi
}

# A line of the output, behind the number that it has in the list: tell NUMBER NAME START. It says $problem, or else $how.
tell() {
    tenths=$((($(date +%s%N) - $3) / 100000000))
    mark='ok    '
    [ -z "$problem" ] || mark='not ok'
    printf '%d %s %-32s %3d.%d s  %s\n' "$1" "$mark" "$2" $((tenths / 10)) $((tenths % 10)) "${problem:-$how}"
}

# Numbers the lines of a list and has a worker deal with each, $MUTANT_JOBS at a time (default: the number of processors):
# deal COMMAND... The worker gets the number and the line behind its other arguments.
deal() {
    awk '{ print NR, $0 }' | xargs -L 1 -P "${MUTANT_JOBS:-$(nproc)}" "$@"
}

# Puts what `tell` printed for $1 lines in order, takes the numbers off and counts.
collect() {
    awk -v total="$1" '
        {
            number = $1
            line[number] = substr($0, length(number) + 2)
            while (next_one + 1 in line) {
                print line[++next_one]
                fflush()
                line[next_one] ~ /^ok / ? passed++ : failed++
            }
        }
        END {
            for (number = next_one + 1; number <= total; number++) {
                if (number in line)
                    print line[number]
                else
                    print "not ok: number " number " of the list was not judged to the end"
                line[number] ~ /^ok / ? passed++ : failed++
            }
            printf "%d passed, %d failed\n", passed, failed
            exit failed > 0 || passed == 0
        }'
}
