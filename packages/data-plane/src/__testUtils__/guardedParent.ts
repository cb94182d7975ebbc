import { spawnGuarded } from '../cassandra/guard';

// Starts a guarded command that prints its own process id, and stays.
spawnGuarded('sh', ['-c', 'echo $$; exec sleep 600'], {
  outputFd: 1,
  removeDir: process.argv[2],
});
