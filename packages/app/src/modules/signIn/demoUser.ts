const STORAGE_KEY = 'ringfence-demo-user';

/** Who the browser tab is signed in as, once that was chosen. */
export function chosenDemoUser(): string | undefined {
  return sessionStorage.getItem(STORAGE_KEY) ?? undefined;
}

/** Remembers the choice for the browser tab. */
export function chooseDemoUser(name: string): void {
  sessionStorage.setItem(STORAGE_KEY, name);
}

/** Has the sign-in page ask again. */
export function forgetDemoUser(): void {
  sessionStorage.removeItem(STORAGE_KEY);
  window.location.reload();
}
