# Some hundred small files, most of them damaged: ingest reads what Python reads, or both refuse.
/usr/bin/python3 -B "$CSVNET_TOP/tests/support/csv_oracle.py" 500
