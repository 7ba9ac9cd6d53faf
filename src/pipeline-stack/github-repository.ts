import { createHash } from 'node:crypto';
import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { PipelineStackProps } from './pipeline-stack';
import { breachOf, type TextRule } from '../environment/text-rule';
import { invalid } from '../private/invalid';

const REPOSITORY: TextRule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}\/(?!\.{1,2}$)(?!.*\.git$)[\w.-]{1,100}$/,
  must: "must be an owner and a name such as 'acme/shop'",
  remedy: "write it as GitHub does, without a host and without '.git'",
};

/** A repository on GitHub. */
export class GitHubRepository {
  /** Its owner and its name. */
  public readonly name: string;
  private readonly immutableName?: string;

  /** Throws when the name or an id is malformed. */
  constructor(private readonly scope: IConstruct, { repository, ownerId, repositoryId }: PipelineStackProps) {
    const breach = breachOf(REPOSITORY, repository);
    if (breach) {
      throw invalid(scope, 'repository', breach);
    }
    this.name = repository;
    this.mustBeId('ownerId', ownerId, '.owner.id');
    this.mustBeId('repositoryId', repositoryId, '.id');
    if (ownerId !== undefined && repositoryId !== undefined) {
      const [owner, name] = repository.split('/');
      this.immutableName = `${owner}@${ownerId}/${name}@${repositoryId}`;
    } else if (ownerId !== undefined || repositoryId !== undefined) {
      const missing = ownerId === undefined ? 'ownerId' : 'repositoryId';
      throw invalid(scope, missing, { must: 'must be given too', remedy: `a token names both ids or neither: ${this.commandForIds}` });
    }
  }

  /** Whether tokens are known in both forms. */
  public get hasIds(): boolean {
    return this.immutableName !== undefined;
  }

  /** The command that finds the ids. */
  public get commandForIds(): string {
    return `gh api repos/${this.name} --jq '"ownerId \\(.owner.id), repositoryId \\(.id)"'`;
  }

  /**
   * The subjects of the tokens that GitHub gives to a job in this environment: the old form, and the one of repositories
   * that were created, renamed or transferred since 15 July 2026.
   *
   * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
   */
  public subjectsIn(environment: string): string[] {
    return [this.name, this.immutableName].filter((it) => it !== undefined).map((it) => `repo:${it}:environment:${environment}`);
  }

  /**
   * A name of up to 24 characters for what belongs to one directory of this repository, in an account that it may share
   * with others.
   */
  public shortNameOf(directory: string): string {
    const hash = createHash('sha256').update(`${this.name}/${directory}`.toLowerCase()).digest('hex').slice(0, 8);
    const readable = this.name.split('/')[1].replace(/[^A-Za-z0-9]+/g, '-').slice(0, 15).replace(/^-|-$/g, '');
    return [readable, hash].filter((it) => it !== '').join('-');
  }

  private mustBeId(name: string, id: string | undefined, field: string): void {
    if (id !== undefined && (Token.isUnresolved(id) || !/^[1-9]\d*$/.test(id))) {
      throw invalid(this.scope, name, { must: 'must be the number that GitHub gave', got: id, remedy: `find it with: gh api repos/${this.name} --jq ${field}` });
    }
  }
}
