/** Texts of the connect dialog. */
export const connectMessages = {
  title: 'Connect to {{name}}',
  loading: 'Reading how to connect',
  errorTitle: 'How to connect could not be read',
  deniedTitle: 'You may not connect to this database',
  deniedText: 'Ask its owners for access, or join the group that owns it.',
  command: {
    text: 'Beside the downloaded bundle, run this. It opens a verified TLS tunnel to the database, and every client then connects to 127.0.0.1:{{port}} in plaintext. There is no secret in it.',
    copy: 'Copy command',
  },
  bundle: {
    title: 'Download the bundle',
    text: 'All that a client needs, and nothing secret. Good until {{date}}: its CA {{expiry}}.',
    contents: 'What is in {{fileName}}',
    jks: "Stores in Java's older form (JKS) as well",
    download: 'Download {{fileName}}',
    downloaded: 'Downloaded {{fileName}}',
    failed: 'The bundle could not be downloaded: {{message}}',
    notAllowed:
      'Downloading the bundle needs the permission ringfence.bundle.download and ownership of the database.',
  },
  certificate: {
    label: 'Client certificate',
    without: 'None',
    of: 'Of {{team}}',
    hint: {
      optional: 'Its key is then in the bundle, which is a secret.',
      required:
        'The database lets in nobody without one. Its key is then in the bundle, which is a secret.',
    },
    none: {
      optional: 'No team has a client certificate yet.',
      required:
        'The database lets in nobody without a client certificate, and no team has one yet: issue one on the tab "Fence".',
    },
    failed: 'The client certificates could not be read: {{message}}',
  },
  login: {
    title: 'Get the password',
    role: 'Role',
    user: 'User',
    roleOf: '{{role}}, of {{team}}',
    roleForAll: '{{role}}, for every client',
    copyRole: 'Copy role',
    issuedText:
      'Its password was shown to whoever issued it, and is in Secret {{secret}}. A new one comes from rotating the role, on the tab "Fence".',
    issuedBundle:
      'The bundle names {{role}}: put this role in its place, as the snippets below do.',
    password: 'Password',
    reveal: 'Reveal password',
    hide: 'Hide now',
    copyPassword: 'Copy password',
    audited:
      'Each reveal is written to the audit log with your name. The password is shown for a minute.',
    hidesIn_one: 'Hidden again in {{count}} second',
    hidesIn_other: 'Hidden again in {{count}} seconds',
    hidden: 'Hidden again.',
    failed: 'The password could not be revealed: {{message}}',
    noLogins: 'No login',
    noRole:
      'The database knows no logins, so there is no password. The client certificate in the bundle is what lets a client in.',
    notAllowed:
      'Revealing the password needs the permission ringfence.credentials.read and ownership of the database. Ask its owner for it.',
  },
  clients: {
    title: 'Connect',
    label: 'Client',
    search: 'Find a client',
    any: 'Any client, by ringfence-connect',
    copy: 'Copy {{title}} snippet',
    file: 'In the bundle as {{path}}',
  },
  routing: {
    title: 'Routing',
    nodes:
      'Shared: the driver sees the ring through one name, and the Service of the nodes picks one for each connection.',
    shared:
      'Shared: the driver sees the ring through one name, and the gateway picks the node.',
    cluster:
      'Shared: the client sees the cluster through one name, and the gateway picks the node. Clients must not look for the nodes themselves: the files turn that off.',
    perNode:
      'Per node: the driver reaches each node by a name of its own, so it can go straight to the replica.',
    sharedHere:
      'Shared with this client, which cannot tell nodes apart through a gateway. The database offers routing per node to others.',
  },
  receipts: {
    outgoing:
      'These still hold a bundle with a CA that is going out. They need a new one before the certificate is renewed under the present CA:',
    taken: 'taken',
  },
  details: {
    title: 'Addresses and CA',
    external: 'From outside',
    inCluster: 'Inside the Kubernetes cluster',
    restExternal: 'REST, from outside',
    restInCluster: 'REST, inside the Kubernetes cluster',
    copyAddress: 'Copy address {{address}}',
    serverName: 'Name to verify',
    copyServerName: 'Copy name',
    minVersion: 'TLS',
    minVersionValue: '{{version}} or newer',
    datacenter: 'Datacenter',
    ca: 'CA certificate',
    caFingerprint: 'SHA-256 fingerprint',
    copyFingerprint: 'Copy fingerprint',
    copyCa: 'Copy CA (PEM)',
    downloadCa: 'Download {{file}}',
  },
  parts: {
    label: 'What to do',
    connect: 'Connect',
    test: 'Test connection',
    diagnosis: "Why can't I connect?",
  },
  test: {
    text: 'Goes the way of a client, from this portal to the database, and logs in as the application role. The password stays in the portal. Each test is written to the audit log.',
    start: 'Test connection',
    again: 'Test again',
    running: 'Testing',
    notAllowed:
      'Testing logs in to the database: it needs the permission ringfence.database.operate and ownership of the database.',
    list: 'Steps',
    waiting: 'Waiting',
    passed: 'The portal gets in: every step passed.',
    stopped: 'It stops at step "{{step}}": {{summary}}',
    doubtful: 'Step "{{step}}" could not be looked at: {{summary}}',
    failed: 'The connection could not be tested: {{message}}',
    copy: 'Copy result',
    state: {
      ok: 'Passed',
      failing: 'Failed',
      unknown: 'Unknown',
      skipped: 'Not reached',
    },
    step: {
      ca: 'CA',
      dns: 'DNS',
      tcp: 'TCP',
      tls: 'TLS',
      chain: 'Chain',
      expiry: 'Expiry',
      name: 'Name',
      login: 'Login',
      ring: 'Nodes',
    },
  },
  peers: {
    title: 'Connected now',
    text: 'By identity, as the mesh counts it. What comes in through the gateway counts as the gateway.',
    failed: 'Who is connected could not be read: {{message}}',
    unknown: 'Could not be looked at: {{what}}. {{why}}',
  },
  diagnosis: {
    text: 'Looks at everything on the way, as it is now, and changes nothing.',
    from: 'Where does the client run?',
    laptop: 'On my laptop, or anywhere outside',
    workload: 'In the same Kubernetes cluster',
    namespace: 'Namespace',
    serviceAccount: 'Service account',
    nameInvalid:
      'Lower-case letters, digits and "-", beginning and ending with a letter or digit',
    ask: 'Find out',
    asking: 'Looking',
    failed: 'It could not be found out: {{message}}',
    copySpec: 'Copy lines of the spec',
    way: {
      mesh: 'Directly, inside the mesh: {{to}}',
      gateway: 'By TLS through the gateway: {{to}}',
      nodes: 'By TLS to the nodes: {{to}}',
    },
    verdict: {
      ok: 'Nothing stands in the way',
      failing: 'This way is closed',
      unknown: 'Nothing found, and not everything could be judged',
    },
    none: {
      gateway: 'There is no way in from there.',
      nodes:
        'There is no way in from there: clients dial the nodes themselves, from inside the Kubernetes cluster. With access.hostname in the spec, a name that you lead to the nodes is a way in, too.',
      none: 'There is no way in from there: the spec exposes nothing. Clients must run inside the mesh.',
    },
    status: {
      ok: 'ok',
      failing: 'failing',
      unknown: 'unknown',
    },
    question: {
      dns: 'Name lookup',
      service: 'Nodes behind the Service',
      address: 'Address',
      listeners: 'Gateway and route',
      egress: "Network policies, client's side",
      ingress: "Network policies, database's side",
      membership: 'Mesh',
      authorization: 'Authorization policies',
      certificate: 'Certificate and name',
      login: 'Login',
      client: "The client's own side",
    },
  },
  close: 'Close',
} as const;
