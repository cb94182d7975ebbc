const STORAGE_KEY = 'ringfence.demo.user';

/** Name of the demo user to sign in as; the backend's first where none was chosen. */
export function demoUser(): string | undefined {
  return localStorage.getItem(STORAGE_KEY) ?? undefined;
}

/** Signs in as another demo user, from scratch. */
export function switchDemoUser(name: string): void {
  localStorage.setItem(STORAGE_KEY, name);
  window.location.reload();
}
