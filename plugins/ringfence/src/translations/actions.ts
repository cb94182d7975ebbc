/** Texts of what an owner can have done. */
export const actionsMessages = {
  menu: 'More actions',
  cancel: 'Cancel',
  close: 'Close',
  hide: 'Hide, and let it go on',
  running: 'At work',
  progress: 'Progress',
  audited: 'It is written to the audit log with your name.',
  stage: '{{index}} of {{of}}: {{stage}}',
  object: '{{object}} {{change}}',
  changes: {
    created: 'created',
    configured: 'changed',
    unchanged: 'left as it was',
    deleted: 'deleted',
    kept: 'kept',
  },
  waiting: 'Waiting: {{wait}} ({{why}})',
  failed: 'It did not work',
  resumable: 'What was done is kept; run it again to go on from here.',
  cut: 'The answer ended before it said how it went. Check again to see what was done.',
  renew: {
    action: 'Renew certificate …',
    actionOf: 'Renew now: {{name}}',
    title: 'Renew certificate {{name}} now?',
    choose: 'Certificate',
    text: 'cert-manager issues a new certificate with a new key, and whoever shows it takes it up while running. It is verified with the same CA: clients need nothing new.',
    caText:
      'It gets a new key. Bundles handed out before do not trust it: clients refuse the database once a certificate signed by it is served. Renew the other certificates after it, and hand out new bundles.',
    confirm: 'Renew now',
    again: 'Try again',
    done: 'Renewed',
    served: 'Served now',
    expires: 'Certificate {{name}} {{expiry}}.',
  },
  rotateCa: {
    action: 'Rotate CA …',
    title: 'Rotate the CA: step {{index}} of 3',
    steps: {
      trust:
        'Makes the next CA and has it trusted beside the present one. Clients notice nothing. Then everybody takes a new bundle, which holds both.',
      issue:
        'The next CA signs from now on, and clients are shown a certificate of it. Those with a bundle from before the first step refuse it from then on. Then every team renews its client certificate, where there are any.',
      drop: 'The former CA is trusted no more, and is removed. Bundles that hold it alone are of no use any longer.',
    },
    first: {
      trust: 'It can be stopped after each step for as long as you like.',
      issue: 'See first that nobody holds a bundle without the next CA.',
      drop: 'See first that nothing is shown any longer that the former CA signed: the step is refused while a team has a client certificate of it.',
    },
    underWay: 'This step was begun and is not done: it goes on from there.',
    confirm: {
      trust: 'Make and trust the next CA',
      issue: 'Let the next CA sign',
      drop: 'Drop the former CA',
    },
    again: 'Go on',
    done: 'Step done',
    notice:
      'The CA is being rotated: two are trusted at present. The next step: {{step}}.',
  },
  repair: {
    action: 'Repair drift …',
    title: 'Repair what has drifted?',
    text: 'Ringfence applies its manifests again. These fields are set back, whoever set them:',
    managers: 'Overwritten is what {{managers}} set.',
    nothing: 'Nothing differs from the manifests: there is nothing to repair.',
    confirm_one: 'Set back {{count}} object',
    confirm_other: 'Set back {{count}} objects',
    again: 'Try again',
    done: 'Repaired',
  },
} as const;
