import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// What is awaited comes, or never does: a busy machine must not decide it.
configure({ asyncUtilTimeout: 10_000 });
jest.setTimeout(30_000);
