# Three seconds, of clothes and the like: one small network.
csvnet_needs = 3
MODELS      = strided
strided.fit = --arch $(csvnet_dir)budgets/strided.net --epochs 1 --schedule one-cycle --lr 0.01
