# Half a minute, of clothes and the like: one network.
csvnet_needs = 16
MODELS     = pooled
pooled.fit = --arch $(csvnet_dir)budgets/pooled-16.net --epochs 5 --schedule one-cycle --lr 0.01 \
             --augment 'flip h'
PREDICT    = --tta mirror
