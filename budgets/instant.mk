# Three seconds: one small network.
MODELS      = strided
strided.fit = --arch $(csvnet_dir)budgets/strided.net --epochs 4 --schedule one-cycle --lr 0.01 \
              --augment 'shift 1, rotate 5'
