# Six minutes: two networks, four seeds of each.
csvnet_needs = 20
csvnet_trained = --epochs 10 --schedule one-cycle --lr 0.01 --plain-epochs 2 \
                 --augment 'shift 2, rotate 10, scale 0.1, shear 0.1, elastic 3'
MODELS         = pooled stacked
pooled.seeds   = 4
stacked.seeds  = 4
pooled.fit     = --arch $(csvnet_dir)budgets/pooled-16.net $(csvnet_trained)
stacked.fit    = --arch $(csvnet_dir)budgets/stacked-16.net $(csvnet_trained)
PREDICT        = --tta shifts --tta-below 0.99
