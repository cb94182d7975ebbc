/** Texts of the form field that picks a Kubernetes cluster. */
export const pickerMessages = {
  title: 'Kubernetes cluster',
  description: 'Where the database runs',
  loading: 'Asking the Kubernetes clusters what they can do',
  errorTitle: 'The Kubernetes clusters could not be listed',
  emptyTitle: 'No Kubernetes cluster is configured',
  emptyText:
    'Add one under ringfence.kubernetesClusters in the portal’s configuration, or one with a service account under kubernetes.clusterLocatorMethods.',
  noneUsable:
    'None of them can take this database yet. Mend what one of them lacks, then look again.',
  again: 'Look again',
  lacks: 'It lacks:',
  notUsable: 'Not usable',
} as const;
