"""KubeSchedulerConfiguration: read with every fault named, merged with the defaults, turned into profiles."""
