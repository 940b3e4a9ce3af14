# Five minutes: two networks of different kinds, as `hour` trains them, and one of them again, on
# pictures brought to one slant.
csvnet_needs = 20
csvnet_trained = --epochs 14 --schedule one-cycle --lr 0.01 --plain-epochs 2 \
                 --augment 'shift 2, rotate 10, scale 0.1, shear 0.1, elastic 3'
MODELS         = pooled stacked upright
pooled.fit     = --arch $(csvnet_dir)budgets/pooled-16.net $(csvnet_trained)
stacked.fit    = --arch $(csvnet_dir)budgets/stacked-16.net $(csvnet_trained)
upright.fit    = --arch $(csvnet_dir)budgets/pooled-16.net $(csvnet_trained) --normalize deskew
PREDICT        = --tta shifts --tta-below 0.99
