/** A machine image (AMI) as the sandbox knows it: it declares what its instances run, and nothing else is ever run there. */
export interface MachineImage {
  /** 'ami-0f00d...': as RunInstances names it. */
  readonly imageId: string;
  /** The SSM Agent is installed. */
  readonly agent: boolean;
  /**
   * What comes by AWS-RunShellScript really runs, as a shell of this machine's user. Only images of the sandbox's own
   * scenarios say so: whoever has the access key of such an account can run commands here.
   */
  readonly shell: boolean;
  /** Text files on its disk, by path: '/etc/funmagic.env'. */
  readonly files: Readonly<Record<string, string>>;
  readonly services: readonly SystemService[];
  /** A Redis that runs on it, and the name under which the VPC's resolver knows it. */
  readonly redis?: { readonly hostName: string; readonly password?: string };
}

/** A unit of systemd that starts with the instance. */
export interface SystemService {
  readonly name: string;
  /** The built program on this machine. */
  readonly program: string;
  /** Where it listens: the instance is up when somebody answers there. */
  readonly port: number;
  /** Read at each start, as systemd's EnvironmentFile. */
  readonly environmentFile: string;
  /** Parameters below it become variables at each start, by the last part of their names, and go before the file's. */
  readonly parameterPath?: string;
  /** Where its lines go, besides /var/log/<name>.log. */
  readonly logGroup?: string;
}
