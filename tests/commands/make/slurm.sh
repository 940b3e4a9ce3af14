# Fits as jobs of Slurm, on a cluster of this one machine that ends with the test, and of GNU parallel:
# the files of plain make; what is killed and queued again goes on where it was.
PATH=$PATH:/usr/sbin # where Slurm's daemons are
for program in slurmctld munged parallel; do
    command -v $program >/dev/null || skip "there is no $program; make deps FOR=cluster installs it"
done
# hwloc's plugin would bring OpenCL into mpirun, and PoCL's compiler there takes SIGUSR1 for itself.
export HWLOC_COMPONENTS=-opencl
[ "$(id -u)" = 0 ] || skip 'only root can start a cluster'
programs_run_here

# ---- A cluster in this folder ----

here=$PWD
mkdir run state spool
chmod 755 . ..
chown -R munge run state
head -c 1024 /dev/urandom >run/munge.key
chown munge run/munge.key
chmod 400 run/munge.key
port=$((20000 + $$ % 20000))
cat >slurm.conf <<END
ClusterName=one
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$here/run/munge
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmctldPidFile=$here/run/ctld.pid
SlurmdPidFile=$here/run/d.pid
StateSaveLocation=$here/state
SlurmdSpoolDir=$here/spool
SlurmctldLogFile=$here/ctld.log
SlurmdLogFile=$here/d.log
SlurmctldPort=$port
SlurmdPort=$((port + 1))
ReturnToService=2
KillWait=300
MessageTimeout=300
NodeName=$(hostname) NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
SLURM_CONF=$here/slurm.conf
export SLURM_CONF
stop()
{
    daemons=$(cat run/*.pid 2>/dev/null)
    scontrol shutdown >/dev/null 2>&1
    for pid in $daemons; do kill "$pid" 2>/dev/null; done
    for pid in $daemons; do # they write their state into this folder, which goes next
        for i in $(seq 50); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.2
        done
        kill -9 "$pid" 2>/dev/null
    done
}
trap stop EXIT
trap 'exit 1' INT TERM
setpriv --reuid munge --regid munge --clear-groups munged --key-file=run/munge.key --socket=run/munge \
    --pid-file="$here/run/munged.pid" --log-file="$here/run/munged.log" --seed-file=run/seed 2>munged.err ||
    skip "munge did not start: $(tail -n 1 munged.err)"
slurmctld -c >/dev/null 2>&1
slurmd -c >/dev/null 2>&1
for i in $(seq 600); do
    sinfo -h -o %T 2>/dev/null | grep -q idle && break
    sleep 0.2
done
sinfo -h -o %T 2>/dev/null | grep -q idle || skip "no cluster came up here: $(tail -n 1 ctld.log d.log 2>/dev/null | tr '\n' ' ')"

# ---- Fits in it ----

competition
sed -i 's/^MODELS.*/FOLDS = 3\nMODELS = a b/' Makefile
make -s >.log 2>&1
mkdir plain
mv submission.csv csvnet.out/*.model.st.zst plain

# again COMMAND: removes what was made, has it made anew, and compares
again()
{
    echo "\$ $1"
    rm -rf csvnet.out submission.csv
    : >.log
    for _ in 1 2 3; do # Slurm takes back what it did not get started in time
        ! eval "$1" >>.log 2>&1 </dev/null || break
        false
    done || cat .log
    make -s submission.csv >>.log 2>&1 || cat .log
    for file in plain/*.st.zst; do cmp "$file" "csvnet.out/${file#plain/}"; done
    cmp plain/submission.csv submission.csv && echo 'the same files'
    wc -l <csvnet.out/runs.jsonl
}
again 'make -j3 submission.csv RUN_FIT="srun --quiet -n1 -c1"'
grep -c 'device cpu, .* threads: 1$' .log
again 'make jobs >jobs.txt && sbatch --wait --array=1-$(wc -l <jobs.txt) -c1 -o /dev/null --wrap "sh -c \"\$(sed -n \${SLURM_ARRAY_TASK_ID}p jobs.txt)\""' | sed '1s/.*/an array/'
again 'make jobs | parallel --will-cite -j2'

echo '-- jobs that are killed, and queued again'
rm -rf csvnet.out submission.csv plain
csv train.csv 2000
sed -i 's/^FOLDS.*/FOLDS = 2/; s/^a.fit.*/a.fit = --arch mlp-20 --epochs 400 --log-every 1/; s/^b.fit.*/b.fit = --arch mlp-20 --epochs 400 --seed 2 --log-every 1/' Makefile
make -s >.log 2>&1
mkdir plain
mv submission.csv csvnet.out/*.model.st.zst plain
rm -rf csvnet.out
make jobs >jobs.txt 2>/dev/null
wc -l <jobs.txt
mkfifo first.1 first.2
job=$(sbatch --parsable --requeue --open-mode=append --array=1-4 -c1 -o "$here/task.%a" \
    --wrap "[ ! -p first.\$SLURM_ARRAY_TASK_ID ] || exec >first.\$SLURM_ARRAY_TASK_ID 2>&1
        exec sh -c \"\$(sed -n \${SLURM_ARRAY_TASK_ID}p jobs.txt)\"")
for task in 1 2; do
    # However busy the machine is, it does not end before this reads on: it has more to say than a pipe holds.
    exec 8<first.$task
    while read -r line <&8; do
        case $line in *'epoch 3/'*) break ;; esac
    done
    rm first.$task
    scontrol requeue "${job}_$task"
    cat <&8 >/dev/null
    exec 8<&-
done
until [ -z "$(squeue -h -j "$job" 2>/dev/null)" ]; do
    scontrol release "$job" 2>/dev/null
    sleep 0.5
done
grep -h -o 'resuming in epoch' task.1 task.2
grep -L 'written' task.*
make -s submission.csv >.log 2>&1
for file in plain/*.st.zst; do cmp "$file" "csvnet.out/${file#plain/}"; done
cmp plain/submission.csv submission.csv && echo 'the same files'
wc -l <csvnet.out/runs.jsonl
