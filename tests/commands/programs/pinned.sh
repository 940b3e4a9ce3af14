# Models and predictions are those of fixtures/pinned by each table of kernels that fuses multiply-adds.
/usr/bin/python3 -B "$CSVNET_TOP/tests/support/pinned.py" "$CSVNET_BIN" 2>.stderr
echo "exit $?"
grep 'NOT compared' .stderr >&3
grep -v '^pinned: ' .stderr
rm -f .stderr
