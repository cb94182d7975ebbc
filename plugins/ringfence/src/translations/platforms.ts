/** Texts of the list of Kubernetes clusters. */
export const platformsMessages = {
  title: 'Platforms',
  intro:
    'What each Kubernetes cluster can do, what it lacks for which blueprint, and the command that mends it.',
  loading: 'Asking the Kubernetes clusters what they can do',
  errorTitle: 'The Kubernetes clusters could not be listed',
  deniedTitle: 'You may not list Kubernetes clusters',
  deniedText:
    'Listing them needs the permission ringfence.database.read. Ask whoever runs the portal.',
  emptyTitle: 'No Kubernetes cluster is configured',
  emptyText:
    'Add one under ringfence.kubernetesClusters in the portal’s configuration, or one with a service account under kubernetes.clusterLocatorMethods.',
  again: 'Look again',
  state: {
    ready: 'Takes every blueprint',
    partly: 'Takes {{some}} of {{all}} blueprints',
    none: 'Takes no blueprint yet',
    unusable: 'Not usable',
  },
  facts: {
    kubernetes: 'Kubernetes',
    istio: 'Istio',
    storageClasses: 'Storage classes',
    gatewayClasses: 'Gateway classes',
    issuers: 'Issuers for all namespaces',
    default: '{{name}} (default)',
    none: 'none',
    unknown: 'not found',
  },
  blueprints: {
    label: 'Blueprints on {{platform}}',
    takes: 'can be created here',
    lacks_one: 'lacks one thing',
    lacks_other: 'lacks {{count}} things',
    notes_one: 'with one note',
    notes_other: 'with {{count}} notes',
    unjudged: 'could not be judged',
    met: 'What it has ({{of}})',
  },
} as const;
