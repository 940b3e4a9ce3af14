# Six minutes, of clothes and the like: two networks, two seeds of each.
csvnet_needs = 20
csvnet_trained = --epochs 14 --schedule one-cycle --lr 0.01 --augment 'flip h, erase 8' --plain-epochs 1
MODELS         = pooled stacked
pooled.seeds   = 2
stacked.seeds  = 2
pooled.fit     = --arch $(csvnet_dir)budgets/pooled-16.net $(csvnet_trained)
stacked.fit    = --arch $(csvnet_dir)budgets/stacked-16.net $(csvnet_trained)
PREDICT        = --tta mirror
