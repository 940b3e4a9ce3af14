# Three seconds: one small network.
csvnet_needs = 3
MODELS      = strided
strided.fit = --arch $(csvnet_dir)budgets/strided.net --epochs 3 --schedule one-cycle --lr 0.01
PREDICT     = --tta shifts --tta-below 0.99
