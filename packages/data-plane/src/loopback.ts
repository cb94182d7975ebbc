import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { CQL_PORT } from './ring';

/** 253 loopback addresses that no other holder of a block uses. */
export interface LoopbackBlock {
  /** @param index - from 1 to 253 */
  address(index: number): string;
  /** In CIDR notation. */
  readonly cidr: string;
  release(): Promise<void>;
}

/** Held open as long as the block is taken, so that other processes see it. */
const RESERVATION_HOST = 254;
const ATTEMPTS = 20;

/**
 * Reserves a random `127.x.y.0/24` until it is released or this process ends.
 *
 * @throws where the system takes no other loopback address than 127.0.0.1
 */
export async function allocateLoopbackBlock(): Promise<LoopbackBlock> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // 127.0.x.y is where people and distributions put things by hand.
    const prefix = `127.${randomInt(1, 255)}.${randomInt(0, 256)}`;
    const reservation = await reserve(`${prefix}.${RESERVATION_HOST}`);
    if (reservation) return toBlock(prefix, reservation);
  }
  throw new Error(
    `No free block of loopback addresses found in ${ATTEMPTS} attempts: end what still listens on port ${CQL_PORT} of 127.0.0.0/8`,
  );
}

async function reserve(address: string): Promise<Server | undefined> {
  const server = createServer(socket => socket.destroy());
  server.listen(CQL_PORT, address);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return undefined;
    if (code === 'EADDRNOTAVAIL') {
      throw new Error(
        `This system has no loopback address ${address}, only 127.0.0.1. Linux and Windows have all of 127.0.0.0/8; on macOS add it: sudo ifconfig lo0 alias ${address}`,
      );
    }
    throw error;
  }
  server.unref();
  return server;
}

function toBlock(prefix: string, reservation: Server): LoopbackBlock {
  return {
    cidr: `${prefix}.0/24`,
    address(index) {
      if (!Number.isInteger(index) || index < 1 || index >= RESERVATION_HOST) {
        throw new RangeError(
          `${index} is no address of ${prefix}.0/24: take 1 to ${
            RESERVATION_HOST - 1
          }`,
        );
      }
      return `${prefix}.${index}`;
    },
    async release() {
      if (!reservation.listening) return;
      reservation.close();
      await once(reservation, 'close');
    },
  };
}
