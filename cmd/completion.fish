# Completion of csvnet's command line for fish: programs, options, what they take, files.
# `make` fills it from the programs' tables of options.

# Tells whether the line has its program, and that is the one named.
function __csvnet_runs
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test $words[2] = $argv[1]
end

complete -c csvnet -n 'test (count (commandline -opc)) -eq 1' -f -a '@programs devices help init'
complete -c csvnet -n 'test (count (commandline -opc)) -eq 1' -l inc
complete -c csvnet -n 'test (count (commandline -opc)) -eq 1' -l version
complete -c csvnet -n 'test (count (commandline -opc)) -eq 1' -l help
complete -c csvnet -n '__csvnet_runs help' -f -a '@programs init makefile tensor-file clusters'
@options
