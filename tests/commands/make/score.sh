# A leaderboard's score by make: only of the submission that is there, up to date.
csv train.csv 200 6
csv test.csv 50 6
cat >Makefile <<EOF
TRAIN = train.csv
TEST = test.csv
MODELS = a
a.fit = --arch linear --epochs 1
include \$(shell csvnet --inc)
EOF
lines() { grep -c '"submission"' csvnet.out/runs.jsonl; }
echo '-- nothing to note, nothing made'
make score 2>&1 | sed 's/.*csvnet:/csvnet:/'
make score SCORE=0.5 2>&1 | grep -v '^make'
ls submission.csv 2>&1
echo '-- noted'
make submission.csv >.said 2>&1
make score SCORE=0.5 | sed 's/ accuracy.*own rows.*/ .../'
make score SCORE=1.5 METRIC=log-loss 2>&1 | grep -c 'log-loss 1.5'
make score SCORE=93% 2>&1 | grep -o -e "--score 93%: .*"
make -q submission.csv && lines
echo '-- what changed since is another submission'
make score SCORE=0.5 a.fit='--arch linear --epochs 2' 2>&1 | grep -v '^make'
make SUBMISSION=best.csv best.csv >.said 2>&1
printf 'fileName,date,description,status,publicScore,privateScore\nbest.csv,2999-01-01 00:00:00,,complete,0.75,\n' >list.csv
make score SUBMISSION=best.csv SCORE=list.csv 2>&1 | grep -o 'best.csv: accuracy 0.75'
lines
echo '-- a sample says what is expected: its header, its order, its ids'
{ echo Id,Digit; for i in 9 10 8 7 6 5 4 3 2 1; do echo $i,0; done; seq -f %g,0 11 50; } >sample.csv
make SUBMIT='--sample sample.csv' submission.csv >.said 2>&1
make score SUBMIT='--sample sample.csv' SCORE=0.25 | grep -o 'submission.csv: accuracy 0.25'
{ echo Id,2,1,0; seq -f %g,0,0,0 1 50; } >sample.csv
make SUBMIT='--probabilities --sample sample.csv' submission.csv >.said 2>&1
make score SUBMIT='--probabilities --sample sample.csv' METRIC=log-loss SCORE=1.25 | grep -o 'submission.csv: log-loss 1.25'
