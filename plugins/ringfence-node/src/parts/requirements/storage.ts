import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import type { StorageSpec } from '../spec';
import {
  list,
  met,
  note,
  notAllowed,
  required,
  unmet,
  type Answer,
} from './answers';

/**
 * The StorageClass is allowed and there, and gives XFS where somebody needs
 * it. A class that does not say its file system leaves a note.
 *
 * @param options.xfsFor - who needs XFS, such as `ScyllaDB in production`
 */
export function requireStorageClass(
  storage: StorageSpec,
  platform: Platform,
  { xfsFor }: { xfsFor?: string } = {},
): Requirement[] {
  const field = 'storage.className';
  const allowed = platform.defaults.storageClasses;
  const name = storage.className;
  if (name && allowed && !allowed.includes(name)) {
    const answer = notAllowed('StorageClass', name, allowed, platform);
    return [required('StorageClass', answer, field)];
  }
  const found = platform.storageClasses.find(candidate =>
    name ? candidate.name === name : candidate.default,
  );
  if (!found) {
    return [required('StorageClass', noStorageClass(name, platform), field)];
  }
  const exists = met(`StorageClass "${found.name}"`);
  if (!xfsFor || found.fsType === 'xfs') {
    return [required('StorageClass', exists, field)];
  }
  if (found.fsType) {
    return [
      required('StorageClass', notXfs(found.name, found.fsType, xfsFor), field),
    ];
  }
  return [
    required('StorageClass', exists, field),
    note('XFS', unknownFileSystem(found.name, xfsFor), field),
  ];
}

function noStorageClass(name: string | undefined, platform: Platform): Answer {
  const names = platform.storageClasses.map(candidate => candidate.name);
  return unmet(
    name
      ? `StorageClass "${name}" not found; there are: ${list(names)}`
      : 'There is no default StorageClass',
    `Choose one of: ${list(names)}`,
    'kubectl get storageclass',
  );
}

function notXfs(name: string, fsType: string, who: string): Answer {
  return unmet(
    `StorageClass "${name}" makes ${fsType} volumes; ${who} needs XFS`,
    'Choose a StorageClass with parameter csi.storage.k8s.io/fstype: xfs, or profile dev',
    'kubectl get storageclass -o custom-columns=NAME:.metadata.name,FS:.parameters.csi\\.storage\\.k8s\\.io/fstype',
  );
}

function unknownFileSystem(name: string, who: string): Answer {
  return unmet(
    `StorageClass "${name}" does not say which file system its volumes have; ${who} needs XFS`,
    'Make sure that it is XFS',
    `kubectl get storageclass ${name} -o yaml`,
  );
}
