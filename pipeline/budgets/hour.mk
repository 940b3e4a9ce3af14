# An hour: the networks of `minutes` for each of ten folds. All rows train 27 of the 30, and each row is
# scored by the three that did not see it: `make oof BUDGET=hour`.
csvnet_needs = 20
csvnet_trained = --epochs 14 --schedule one-cycle --lr 0.01 --plain-epochs 2 \
                 --augment 'shift 2, rotate 10, scale 0.1, shear 0.1, elastic 3'
FOLDS          = 10
VAL            = none
MODELS         = pooled stacked upright
pooled.fit     = --arch $(csvnet_dir)budgets/pooled-16.net $(csvnet_trained)
stacked.fit    = --arch $(csvnet_dir)budgets/stacked-16.net $(csvnet_trained)
upright.fit    = --arch $(csvnet_dir)budgets/pooled-16.net $(csvnet_trained) --normalize deskew
PREDICT        = --tta shifts --tta-below 0.99
