# An hour, of clothes and the like: one network of much width, trained long on pictures that are cropped
# and partly hidden: much, with smoothed labels, and less.
csvnet_needs = 25
csvnet_trained = --arch airbench --optimizer sgd --momentum 0.9 --nesterov --weight-decay 5e-4 \
                 --schedule one-cycle --lr 0.05 --epochs 40 --plain-epochs 1
MODELS         = smoothed sharp
smoothed.fit   = $(csvnet_trained) --label-smoothing 0.1 \
                 --augment 'flip h alternate, crop 2, erase area 0.3 chance 0.5'
sharp.fit      = $(csvnet_trained) --augment 'flip h alternate, crop 1, erase area 0.15 chance 0.5'
PREDICT        = --tta mirror
