# An hour, of clothes and the like: three networks for each of five folds, see hour.mk. The wide one
# is there twice: ten epochs leave it less sure of itself, twenty-four make it more often right.
csvnet_needs = 20
csvnet_trained = --schedule one-cycle --lr 0.01 --augment 'flip h, erase 8' --plain-epochs 1
FOLDS          = 5
VAL            = none
MODELS         = wide longer stacked
wide.fit       = --arch $(csvnet_dir)budgets/stacked-32.net --epochs 10 $(csvnet_trained)
longer.fit     = --arch $(csvnet_dir)budgets/stacked-32.net --epochs 24 $(csvnet_trained)
stacked.fit    = --arch $(csvnet_dir)budgets/stacked-16.net --epochs 14 $(csvnet_trained)
PREDICT        = --tta mirror
