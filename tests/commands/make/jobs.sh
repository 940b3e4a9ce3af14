# Fits by other means: a command in front of each, and a line for each that xargs or a job array runs.
# Each way gives the files of plain make.
competition
sed -i 's/^MODELS.*/FOLDS = 3\nMODELS = a b/' Makefile
make -s >.log 2>&1
mkdir plain
mv submission.csv csvnet.out/*.model.st.zst plain

# again COMMAND...: removes what was made, has it made anew, and compares
again()
{
    rm -rf csvnet.out submission.csv
    eval "$1" >.log 2>&1 </dev/null || cat .log
    make -s submission.csv >>.log 2>&1 || cat .log
    for file in plain/*.st.zst; do cmp "$file" "csvnet.out/${file#plain/}"; done
    cmp plain/submission.csv submission.csv && echo 'the same files'
    make -q || echo 'something is due'
    wc -l <csvnet.out/runs.jsonl
}
export SLURM_JOB_ID=1 SLURM_CPUS_PER_TASK=1 # as if in a job: one thread
cat >launch <<'END'
#!/bin/sh
echo "launch $1: ${3##*/} ${4##*/}" >>launched
shift 2
exec "$@"
END
chmod +x launch
programs_run_here

echo '-- a command in front of each fit; it gives the fit its processors'
again "make -j3 RUN_FIT=\"./launch 'a b' --\""
sort launched | uniq -c
grep -c -e "^./launch 'a b' -- csvnet fit csvnet.out/train.st.zst --fold" .log
grep -c -e ' fit .*--threads' .log
grep -o -e 'fit a.f1: .*threads: .*' .log | sed 's/ device.*kernels,//'
rm launched
echo '-- nothing is due because of it, and other stages may have one'
stages RUN_FIT=nohup RUN_INGEST=./launch
stages RUN_PREDICT='./launch pred --' RUN_SUBMIT='./launch sub --' csvnet_force='test.pred submission.csv'
cat launched
echo '-- one that is not there'
make RUN_FIT=./nosuch csvnet_force=a.f1 csvnet.out/a.f1.model.st.zst 2>&1 | sed 's/^make: .*:/make: *** /'

echo '-- jobs'
rm -rf csvnet.out submission.csv
make jobs 2>/dev/null
again 'make jobs >jobs.txt && sh -e jobs.txt'
again 'make jobs | xargs -P2 -I{} sh -c {}'
make jobs
make jobs csvnet_force=b.f2
sed -i 's/epochs 1/epochs 2/' Makefile
make jobs FOLDS=2 OUT="o'me" SUBMISSION='$$x.csv' 2>/dev/null >jobs.txt
cat jobs.txt
sh -e jobs.txt 2>&1 | grep -o "o'.*written"
make jobs FOLDS=2 OUT="o'me"
make jobs BUDGET=instant 2>/dev/null
mv Makefile other.mk
make -f other.mk jobs 2>/dev/null
