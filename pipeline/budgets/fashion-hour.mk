# An hour, of clothes and the like: one network of much width, trained in two ways. What differs
# between the two counts for more than a further seed of either.
csvnet_needs = 25
csvnet_trained = --arch airbench --optimizer sgd --momentum 0.9 --nesterov --weight-decay 5e-4 \
                 --schedule one-cycle --lr 0.05 --epochs 14 --plain-epochs 1
MODELS         = erased cropped
erased.fit     = $(csvnet_trained) --augment 'flip h, erase 8'
cropped.fit    = $(csvnet_trained) --label-smoothing 0.1 \
                 --augment 'flip h alternate, crop 2, erase area 0.3 chance 0.5'
PREDICT        = --tta mirror
