// The KeyStore contract on the key file, and what only a file can get wrong.
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fileKeyStore } from '#embedded';
import { keyStoreContract, scratch } from '#testing';

keyStoreContract('file', async () => {
  const directory = scratch('keys');
  let keys = await fileKeyStore(directory);
  const reopen = async (): Promise<typeof keys> => {
    await keys.close();
    keys = await fileKeyStore(directory);
    return keys;
  };
  return { keys, reopen, dispose: () => keys.close() };
});

describe('key file', () => {
  it('is for its owner alone, holds no trace of a destroyed key, and has one process at a time', async () => {
    const directory = scratch('keys');
    const path = join(directory, 'keys.jsonl');
    const keys = await fileKeyStore(directory);
    await keys.seal('ada', 'x');
    const key = /"subjectId":"ada".*"key":"([^"]+)"/.exec(readFileSync(path, 'utf8'))?.[1] as string;
    expect(key).toHaveLength(44);
    await keys.destroy('ada');
    expect(readFileSync(path, 'utf8')).not.toContain(key);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(fileKeyStore(directory)).rejects.toMatchObject({ code: 'DirectoryInUse', retriable: false });
    await keys.close();
  });

  it('cuts off a line that a crash left without its end', async () => {
    const directory = scratch('keys');
    const before = await fileKeyStore(directory);
    const sealed = await before.seal('ada', 'x');
    await before.close();
    appendFileSync(join(directory, 'keys.jsonl'), '{"kind":"subject","subjectId":"b');
    const after = await fileKeyStore(directory);
    const other = await after.seal('bob', 'y');
    await after.close();
    const again = await fileKeyStore(directory);
    expect([await again.unseal(sealed), await again.unseal(other)]).toEqual(['x', 'y']);
    await again.close();
  });

  it('is made anew as a whole where it vanished, for its owner alone', async () => {
    const directory = scratch('keys');
    const path = join(directory, 'keys.jsonl');
    const keys = await fileKeyStore(directory);
    const before = await keys.seal('ada', 'x');
    rmSync(path);
    await expect(keys.seal('bob', 'y')).rejects.toMatchObject({ code: 'KeysUnavailable', retriable: true });
    const after = await keys.seal('bob', 'y');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await keys.close();
    const again = await fileKeyStore(directory);
    expect([await again.unseal(before), await again.unseal(after)]).toEqual(['x', 'y']);
    await again.close();
  });

  it('seals nothing under a key it could not store, and stores all of them once it can', async () => {
    const directory = scratch('keys');
    const path = join(directory, 'keys.jsonl');
    const keys = await fileKeyStore(directory);
    const before = await keys.seal('ada', 'x');
    renameSync(path, `${path}.away`);
    mkdirSync(path);
    await expect(keys.seal('bob', 'y')).rejects.toMatchObject({ code: 'KeysUnavailable', retriable: true });
    await expect(keys.destroy('ada')).rejects.toMatchObject({ code: 'KeysUnavailable' });
    await expect(keys.destroy('ada')).rejects.toMatchObject({ code: 'KeysUnavailable' });
    rmSync(path, { recursive: true });
    await keys.destroy('ada');
    const after = await keys.seal('bob', 'y');
    await keys.close();
    const again = await fileKeyStore(directory);
    expect([await again.unseal(before), await again.unseal(after)]).toEqual([undefined, 'y']);
    await again.close();
  });
});
