# Three seconds: one small network. It takes pictures from 3 pixels on, its views those from 10 on: of
# 8 pixels, one is so much that shifted digits are 3 points less often right.
csvnet_needs = 10
MODELS      = strided
strided.fit = --arch $(csvnet_dir)budgets/strided.net --epochs 3 --schedule one-cycle --lr 0.01
PREDICT     = --tta shifts --tta-below 0.99
