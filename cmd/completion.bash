# Completion of csvnet's command line for bash: programs, options, what they take, files.
# `make` fills it from the programs' tables of options.

# What PROGRAM takes, a line for each option: its name, what its value is called, words it may be.
_csvnet_options()
{
    case $1 in
@words
    esac
}

# Adds the files that begin with $cur and match the pattern, and folders.
_csvnet_files()
{
    local found
    mapfile -t found < <(compgen -f -X "!$1" -- "$cur"; compgen -d -X "$1" -- "$cur")
    COMPREPLY+=("${found[@]}")
    compopt -o filenames
}

_csvnet_words()
{
    local found
    mapfile -t found < <(compgen -W "$*" -- "$cur")
    COMPREPLY+=("${found[@]}")
}

# The value of an option that calls it ARGUMENT and may be one of the WORDS; behind a '=' of its own
# if HALF is set.
_csvnet_value()
{
    local argument=$1 half=$2
    shift 2
    _csvnet_words "$@"
    case $half$argument in
    =FILE=*) _csvnet_words rest ;;
    =*=* | FILE* | *'|FILE' | SPEC | MODEL) _csvnet_files '*' ;;
    esac
}

_csvnet()
{
    local cur=${COMP_WORDS[COMP_CWORD]} program=${COMP_WORDS[1]} option='' half='' at=$COMP_CWORD
    local name argument words names=()
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _csvnet_words @programs devices help init --inc --version --help
        ((${#COMPREPLY[@]})) || _csvnet_files '*' # which is shown
        return
    fi
    if [[ $program == help ]]; then
        _csvnet_words @programs init makefile tensor-file clusters
        return
    fi
    # For bash a '=' is a word.
    if [[ $cur == = ]]; then
        cur=''
    elif [[ ${COMP_WORDS[at - 1]} == = ]]; then
        at=$((at - 1))
    fi
    option=${COMP_WORDS[at - 1]}
    if [[ ${COMP_WORDS[at]} == = && $option != -* ]]; then
        option=${COMP_WORDS[at - 2]}
        half='='
    fi
    while read -r name argument words; do
        if [[ $name == "$option" && -n $argument ]]; then
            # shellcheck disable=SC2086 # its words
            _csvnet_value "$argument" "$half" $words
            return
        fi
        names+=("$name")
    done < <(_csvnet_options "$program")
    ((${#names[@]})) || return # no program
    case $program/$cur in
    */-*) _csvnet_words "${names[@]}" ;;
    ingest/* | show/* | explain/*) _csvnet_files '*' ;;
    *) _csvnet_files '*.st.zst' ;;
    esac
}

complete -F _csvnet csvnet
