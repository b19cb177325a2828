# Reading the patches of the corpus: all runners source this. README.md says what the headers mean.

# The values of a header: header Class PATCH
header() {
    sed -n "/^--- /q; s/^$1: *//p" "$2"
}

# The folder of a class: "multiplication, division" is multiplication-division.
slug() {
    printf '%s\n' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9][^a-z0-9]*/-/g; s/^-//; s/-$//'
}

# The patches below some folders, in the order in which they are judged.
patches() {
    find "$@" -name '*.patch' | LC_ALL=C sort
}

# The patches with some names, which may be patterns; none, and a complaint, if there is no such patch.
patches_named() {
    named=
    for name; do
        path=$(find corpus -name "$name.patch" | LC_ALL=C sort)
        [ -n "$path" ] || { echo "corpus: there is no patch $name" >&2; return 1; }
        named="$named $path"
    done
    echo $named
}

# What is wrong with a patch's place and headers; nothing if all is well.
misfiled() {
    kind=${1#corpus/} kind=${kind%%/*}
    class=$(header Class "$1") folder=corpus/$kind
    if [ "$kind" != equivalents ]; then
        [ -n "$class" ] || { echo 'has no "Class:" line'; return; }
        folder=$folder/$(slug "$class")
    fi
    if [ "${1%/*}" != "$folder" ]; then
        echo "lies in ${1%/*}, but belongs in $folder${class:+ (Class: $class)}"
    elif [ "$kind" = regressions ] && [ -z "$(header Once "$1")" ]; then
        echo 'has no "Once:" line'
    fi
}

# Names are unique over the whole corpus: a name is enough to say which patch is meant.
names_are_unique() {
    shared=$(patches corpus | sed 's,.*/,,' | sort | uniq -d)
    for name in $shared; do
        echo "corpus: more than one patch is called ${name%.patch}:" $(patches corpus | grep "/$name\$") >&2
    done
    [ -z "$shared" ]
}
