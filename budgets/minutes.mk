# Six minutes: two networks, two seeds of each.
csvnet_train_by = --epochs 24 --schedule one-cycle --lr 0.01 --plain-epochs 1 \
                  --augment 'shift 2, rotate 10, scale 0.1, shear 0.1, elastic 3'
MODELS          = pooled stacked
pooled.seeds    = 2
stacked.seeds   = 2
pooled.fit      = --arch $(csvnet_dir)budgets/pooled-16.net $(csvnet_train_by)
stacked.fit     = --arch $(csvnet_dir)budgets/stacked-16.net $(csvnet_train_by)
