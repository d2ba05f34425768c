PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_draft_revisions` (
	`draft_id` text NOT NULL,
	`number` integer NOT NULL,
	`content` text NOT NULL,
	`author_id` text,
	`accepted_by` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`draft_id`, `number`),
	FOREIGN KEY (`draft_id`) REFERENCES `drafts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`accepted_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_draft_revisions`("draft_id", "number", "content", "author_id", "accepted_by", "at") SELECT "draft_id", "number", "content", "author_id", "accepted_by", "at" FROM `draft_revisions`;--> statement-breakpoint
DROP TABLE `draft_revisions`;--> statement-breakpoint
ALTER TABLE `__new_draft_revisions` RENAME TO `draft_revisions`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE TABLE `__new_drafts` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`week_id` text,
	`slot` text NOT NULL,
	`author_id` text,
	`template` text,
	`template_for` text,
	`week_host_id` text,
	`state` text NOT NULL,
	`revision` integer NOT NULL,
	`content` text NOT NULL,
	`sign_off` text NOT NULL,
	`wished_at` integer,
	`reply_to` text,
	`answering` text,
	`submitted_at` integer,
	`pressed_at` integer,
	`undecided_at` integer,
	`reminded_at` integer,
	`created_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	`changed_by` text,
	`written_in` text,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_host_id`) REFERENCES `week_hosts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`changed_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_drafts`("id", "account_id", "week_id", "slot", "author_id", "week_host_id", "state", "revision", "content", "sign_off", "wished_at", "reply_to", "answering", "submitted_at", "pressed_at", "undecided_at", "reminded_at", "created_at", "changed_at", "changed_by", "written_in", "version") SELECT "id", "account_id", "week_id", "slot", "author_id", "week_host_id", "state", "revision", "content", "sign_off", "wished_at", "reply_to", "answering", "submitted_at", "pressed_at", "undecided_at", "reminded_at", "created_at", "changed_at", "changed_by", "written_in", "version" FROM `drafts`;--> statement-breakpoint
DROP TABLE `drafts`;--> statement-breakpoint
ALTER TABLE `__new_drafts` RENAME TO `drafts`;--> statement-breakpoint
CREATE INDEX `drafts_queue` ON `drafts` (`account_id`,`state`,`submitted_at`);--> statement-breakpoint
CREATE INDEX `drafts_undecided` ON `drafts` (`state`,`wished_at`);--> statement-breakpoint
CREATE INDEX `drafts_week` ON `drafts` (`week_id`,`state`);--> statement-breakpoint
CREATE INDEX `drafts_slot` ON `drafts` (`account_id`,`slot`);--> statement-breakpoint
CREATE INDEX `drafts_reply` ON `drafts` (`account_id`,`reply_to`);--> statement-breakpoint
CREATE UNIQUE INDEX `drafts_template` ON `drafts` (`account_id`,`template`,`template_for`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `post_templates` text;