# WITHIN, or ten minutes: one network, for pictures of any size, by what a batch takes here.
csvnet_needs = 1
csvnet_auto  = $(or $(call csvnet_value,OUT),csvnet.out)/auto/auto.recipe
WITHIN      := $(or $(call csvnet_value,WITHIN),10m)
MODELS       = auto
auto.fit     = --recipe $(csvnet_auto)
