# Weights that PyTorch trained, as a bare safetensors file with its counts of batches: what predict
# says of them is what PyTorch said. The fixtures hold both; make check-torch is the test with PyTorch.
from_torch() { "${PYTHON:-/usr/bin/python3}" -B "$CSVNET_TOP/tests/support/from_torch.py" "$@"; }

for net in mlp-20 conv; do
    ln -sf "$CSVNET_TOP/fixtures/torch-weights/$net.safetensors" "$net"
    run from_torch unpack $net
    run ingest -q train.csv -o train.st.zst
    run fit -q train.st.zst --arch net.txt --from weights.safetensors --epochs 0 -o a.model.st.zst
    run predict -q train.st.zst a.model.st.zst -o train.pred.st.zst
    run from_torch compare $net train.pred.st.zst
done
