// provisional
