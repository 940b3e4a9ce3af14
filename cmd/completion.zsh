#compdef csvnet
# Completion of csvnet's command line for zsh: programs, options, what they take, files.
# `make` fills it from the programs' tables of options.

# What PROGRAM takes, a line for each option: its name, what its value is called, words it may be.
_csvnet_options()
{
    case $1 in
@words
    esac
}

# The value of an option that calls it ARGUMENT and may be one of the WORDS.
_csvnet_value()
{
    local argument=$1
    shift
    (( $# )) && compadd -- "$@"
    case $argument in
    FILE=*)
        if compset -P 1 '*='; then compadd -- rest; else _files; fi
        ;;
    *=*)
        compset -P 1 '*=' && _files
        ;;
    FILE* | *'|FILE' | SPEC | MODEL)
        _files
        ;;
    esac
}

_csvnet()
{
    local program=$words[2] option=$words[CURRENT-1] line
    local -a names taken
    if (( CURRENT == 2 )); then
        compadd -- @programs devices help init --inc --version --help || _files # which is shown
        return
    fi
    if [[ $program == help ]]; then
        compadd -- @programs init makefile tensor-file clusters
        return
    fi
    if [[ $PREFIX == --*=* ]]; then
        option=${PREFIX%%=*}
        compset -P 1 '*='
    fi
    for line in ${(f)"$(_csvnet_options $program)"}; do
        taken=(${=line})
        if [[ $taken[1] == $option && -n $taken[2] ]]; then
            _csvnet_value $taken[2,-1]
            return
        fi
        names+=$taken[1]
    done
    (( $#names )) || return 1 # no program
    if [[ $PREFIX == -* ]]; then
        compadd -- $names
    elif [[ $program == (ingest|show|explain) ]]; then
        _files
    else
        _files -g '*.st.zst'
    fi
}

_csvnet "$@"
