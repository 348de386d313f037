# bash completion for dstack-simulator, made by: dstack-simulator --completion bash

_dstack_simulator() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} word
    COMPREPLY=()
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $prev in
    --socket-dir|-d) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -W 'none' -- "$cur"); return ;;
    --ready-file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --config|-c) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --state-dir) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --image) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --kms-allowlist) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --app-compose|-a) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --docker-compose) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --app-keys|-k) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --encrypted-env) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --user-config) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --sys-config|-s) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --gpu-info) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --logs-dir) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --health-file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --tsm-dir) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --dstack-os) mapfile -t COMPREPLY < <(compgen -W '0.5 0.6' -- "$cur"); return ;;
    --write-app-keys) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --kms-flaw) mapfile -t COMPREPLY < <(compgen -W 'none denies no-usage bad-quote' -- "$cur"); return ;;
    --tcb-status) mapfile -t COMPREPLY < <(compgen -W 'UpToDate SWHardeningNeeded ConfigurationNeeded ConfigurationAndSWHardeningNeeded OutOfDate OutOfDateConfigurationNeeded Revoked Recovered' -- "$cur"); return ;;
    --quote-version) mapfile -t COMPREPLY < <(compgen -W '4 5 5-td15' -- "$cur"); return ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'error warn info debug off' -- "$cur"); return ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$cur"); return ;;
    --completion) mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$cur"); return ;;
    --healthcheck) [[ $cur == -* ]] || { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return; } ;;
    --listen|-l|--socket-mode|--public-url|--allow-host|--vmm-token|--kms-listen|--kms-domain|--kms-auth-url|--name|--instance|--seed|--app-id|--kms-url|--advisory|--fault) return ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--listen --socket-dir --socket-mode --ready-file --public-url --allow-host --config --watchdog --reuse-port --no-control --strict --vm-ports --vmm-token --follow --state-dir --image --run-containers --kms-listen --kms-domain --kms-allowlist --kms-auth-url --app-compose --docker-compose --name --instance --app-keys --encrypted-env --user-config --sys-config --gpu-info --logs-dir --health-file --tsm-dir --dstack-os --seed --app-id --kms --kms-url --write-app-keys --kms-flaw --tcb-status --advisory --debug-td --no-mrconfigid --quote-version --fault --log-level --log-format --check --print-config --print-root-ca --completion --healthcheck --man --version --help' -- "$cur")
        return
    fi
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $word == decrypt-env || $word == deploy ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
        fi
    done
    mapfile -t COMPREPLY < <(compgen -W 'decrypt-env deploy ps logs rm' -- "$cur")
}
complete -F _dstack_simulator dstack-simulator
