# Thousands of small files, most of them damaged: what Python reads, or a refusal, whichever way they
# are read.
/usr/bin/python3 -B "$CSVNET_TOP/tests/support/csv_corpus.py" "$CSVNET_BIN/../tests/ingest-many"
