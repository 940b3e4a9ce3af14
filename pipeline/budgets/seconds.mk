# Half a minute: one network.
csvnet_needs = 16
MODELS     = pooled
pooled.fit = --arch $(csvnet_dir)budgets/pooled-16.net --epochs 7 --schedule one-cycle --lr 0.01 \
             --augment 'shift 2, rotate 10, scale 0.1, shear 0.1, elastic 3' --plain-epochs 1
PREDICT    = --tta shifts --tta-below 0.99
