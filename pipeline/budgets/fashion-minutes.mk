# Five minutes, of clothes and the like: one network, trained long on pictures that are cropped and partly
# hidden.
csvnet_needs = 20
MODELS      = stacked
stacked.fit = --arch $(csvnet_dir)budgets/stacked-16.net --optimizer sgd --momentum 0.9 --nesterov \
              --weight-decay 5e-4 --schedule one-cycle --lr 0.05 --epochs 40 --plain-epochs 1 \
              --augment 'flip h alternate, crop 1, erase area 0.15 chance 0.5'
PREDICT     = --tta mirror
