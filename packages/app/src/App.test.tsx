import { render, screen } from '@testing-library/react';
import App from './App';

describe('App', () => {
  beforeEach(() => {
    process.env = {
      NODE_ENV: 'test',
      APP_CONFIG: [
        {
          data: {
            app: { title: 'Ringfence demo portal' },
            backend: { baseUrl: 'http://localhost:7007' },
          },
          context: 'test',
        },
      ] as any,
    };
  });

  it('asks who one is before it shows anything', async () => {
    render(App.createRoot());

    expect(
      await screen.findByRole('heading', { name: 'Ringfence demo portal' }),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: 'Enter as Ada' }),
    ).toBeInTheDocument();
  });
});
